import { describe, expect, it } from 'vitest';
import { parseNatsUrl } from '../../src/bus/nats-servers.ts';

describe('a NATS URL', () => {
  it('names one server or several, each with a port, a scheme and credentials of its own', () => {
    expect(parseNatsUrl('nats://one, tls://bob:p%40ss%2Cword@two:4333,secret@[::1]:4444')).toEqual([
      { host: 'one', port: 4222, tls: false, credentials: undefined },
      { host: 'two', port: 4333, tls: true, credentials: { user: 'bob', password: 'p@ss,word' } },
      { host: '[::1]', port: 4444, tls: false, credentials: { token: 'secret' } },
    ]);
  });

  it.each([
    '',
    'nats://',
    'nats://one,',
    'http://one:4222',
    'nats://one/path',
    'nats://one:notaport',
    'nats://bob:100%@one',
  ])('cannot be %j', (text) => {
    expect(() => parseNatsUrl(text)).toThrow(/server \d in the NATS URL must look like/);
  });

  it('keeps its passwords out of the complaint', () => {
    expect(() => parseNatsUrl('nats://one,nats://bob:hunter2@two/path')).toThrow(/^(?!.*hunter2).*server 2/);
  });
});
