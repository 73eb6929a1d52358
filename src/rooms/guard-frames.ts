import { Protocol, type Room } from '@colyseus/core';
import { decode } from '@colyseus/schema';
import { unpack } from 'msgpackr';
import type { WebSocket } from 'ws';
import { refuse } from './refusals.ts';

/** Who sends a frame that this room could not read; as much of Colyseus' client as is needed to answer. */
type Sender = Parameters<typeof refuse>[0] & { readonly ref: unknown };

type Receive = (client: Sender, frame: Buffer) => void;

/**
 * Colyseus closes the socket when a frame of `send()` cannot be decoded, and a truncated header may even
 * throw out of the socket's listener. Here such a frame gets an error and the connection lives on.
 */
export function guardFrames(roomClass: { readonly prototype: Room }): void {
  const guarded = roomClass.prototype as unknown as { _onMessage: Receive };
  const receive = guarded._onMessage;
  guarded._onMessage = function guardedReceive(this: Room, client, frame) {
    try {
      if (isReadable(frame)) {
        receive.call(this, client, frame);
        return;
      }
    } catch {
      // Falls through: what the decoder throws is not for the client.
    }
    if ((client.ref as WebSocket).readyState === 1) {
      refuse(client, undefined, { code: 'bad_request', message: 'this frame cannot be read' });
    }
  };
}

/** Requests report a bad payload themselves; only frames without an answer are decoded here beforehand. */
function isReadable(frame: Buffer): boolean {
  if (frame.length === 0) return false;
  if (frame[0] !== Protocol.ROOM_DATA) return frame.length > 1 || frame[0] !== Protocol.ROOM_REQUEST;
  const position = { offset: 1 };
  const type = decode.stringCheck(frame, position)
    ? decode.string(frame, position)
    : decode.number(frame, position);
  if (type === undefined || position.offset > frame.length) return false;
  if (frame.length > position.offset) unpack(frame.subarray(position.offset));
  return true;
}
