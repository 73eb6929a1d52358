import { matchMaker } from '@colyseus/core';
import type { Nodes } from './nodes.ts';

/** What the address of a room's socket says: `/{processId}/{roomId}?sessionId=…&reconnectionToken=…`. */
export interface SocketAddress {
  readonly processId: string;
  readonly roomId: string;
  readonly seat: string;
  readonly reconnectionToken: string | undefined;
}

export type SeatReservation = Awaited<ReturnType<typeof matchMaker.joinOrCreate>>;

/** Finds the seat of somebody who comes back, or makes a new one; undefined when the token is no good (any more). */
export type Reseat = (reconnectionToken: string) => Promise<SeatReservation | undefined>;

/**
 * Where a seat really is. If a conversation happens to have two rooms, Colyseus names the one in the directory, and
 * reserves in its own process' when there is one.
 */
export function located(seat: SeatReservation): SeatReservation {
  const isHere = matchMaker.getLocalRoomById(seat.roomId)?.hasReservedSeat(seat.sessionId);
  if (!isHere || seat.processId === matchMaker.processId) return seat;
  const { processId, publicAddress } = matchMaker;
  return { ...seat, processId, ...(publicAddress !== undefined && { publicAddress }) };
}

export interface Elsewhere {
  readonly processId: string;
  readonly address: string;
}

const PATH = /^\/([\w-]+)\/([\w-]+)$/;

/** Undefined for an address that is no room's. */
export function readSocketAddress(url: string): SocketAddress | undefined {
  const [path = '', query] = url.split('?', 2);
  const [, processId, roomId] = PATH.exec(path) ?? [];
  const parameters = new URLSearchParams(query);
  const seat = parameters.get('sessionId');
  if (processId === undefined || roomId === undefined || seat === null) return undefined;
  return { processId, roomId, seat, reconnectionToken: parameters.get('reconnectionToken') ?? undefined };
}

/**
 * Where the room of a socket is; undefined means here, where it is refused if there is no seat for it.
 *
 * Who comes back dials the node that they were on, whatever has become of it: then the token counts, not the address.
 */
export async function routeSocket(
  { processId, roomId, seat, reconnectionToken }: SocketAddress,
  { nodes, reseat }: { readonly nodes: Nodes; readonly reseat: Reseat },
): Promise<Elsewhere | undefined> {
  const room = matchMaker.getLocalRoomById(roomId);
  // Gives up an old line of theirs that nobody has closed, which Colyseus would wait for until it gives up the new one.
  if (reconnectionToken !== undefined && room?.checkReconnectionToken(reconnectionToken) === seat)
    return undefined;
  if (room?.hasReservedSeat(seat, reconnectionToken)) return undefined;
  let target: string | undefined = processId;
  if (reconnectionToken !== undefined) {
    const back = await reseat(reconnectionToken);
    target = back && located(back).processId;
  }
  if (target === undefined || target === matchMaker.processId) return undefined;
  const address = await nodes.find(target);
  return address === undefined ? undefined : { processId: target, address };
}
