import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Heartbeat } from '../../../src/http/dialects/heartbeat.ts';

const EVERY_MS = 400;

describe('the heartbeat', () => {
  let server: WebSocketServer;
  let heartbeat: Heartbeat;
  beforeEach(async () => {
    heartbeat = new Heartbeat(EVERY_MS);
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => heartbeat.add(socket));
    await once(server, 'listening');
  });
  afterEach(() => {
    heartbeat.close();
    for (const socket of server.clients) socket.terminate();
    server.close();
  });

  const dial = (options: { autoPong: boolean }): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);

  it('ends sockets that answer nothing, and no others', async () => {
    const [alive, chatty, dead] = [
      dial({ autoPong: true }),
      dial({ autoPong: false }),
      dial({ autoPong: false }),
    ];
    // Whoever speaks is there, even if their library knows no pings.
    chatty.on('ping', () => chatty.send('still here'));
    let pings = 0;
    alive.on('ping', () => {
      pings += 1;
    });
    const [code] = await once(dead, 'close');
    expect(code).toBe(1006);
    const before = pings;
    await expect.poll(() => pings, { timeout: 10_000 }).toBeGreaterThan(before + 2);
    expect([alive.readyState, chatty.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });
});
