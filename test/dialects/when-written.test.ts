import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { hangUp, whenWritten } from '../../src/http/dialects/when-written.ts';

describe('an answer to somebody who may hang up', () => {
  const answer = (state: { closed?: boolean; writableFinished?: boolean } = {}) =>
    Object.assign(new EventEmitter(), { closed: false, writableFinished: false, ...state });

  function fatesOf(outgoing: EventEmitter): string[] {
    const fates: string[] = [];
    whenWritten(outgoing as unknown as ServerResponse, {
      written: () => fates.push('written'),
      lost: () => fates.push('lost'),
    });
    return fates;
  }

  it('is written when it is with the network, whatever comes after', () => {
    const outgoing = answer();
    const fates = fatesOf(outgoing);
    expect(fates).toEqual([]);
    outgoing.emit('finish');
    outgoing.emit('close');
    expect(fates).toEqual(['written']);
  });

  it('is lost when the line ends first, or has ended', () => {
    const outgoing = answer();
    const fates = fatesOf(outgoing);
    outgoing.emit('close');
    outgoing.emit('finish');
    expect(fates).toEqual(['lost']);
    expect(fatesOf(answer({ closed: true }))).toEqual(['lost']);
  });

  it('is not waited for by who has gone', () => {
    const signalOf = (outgoing: EventEmitter) => hangUp(outgoing as unknown as ServerResponse);
    const [leaving, answered] = [answer(), answer({ writableFinished: true })];
    const [left, stayed] = [signalOf(leaving), signalOf(answered)];
    expect(left.aborted).toBe(false);
    for (const outgoing of [leaving, answered]) outgoing.emit('close');
    expect([left.aborted, stayed.aborted]).toEqual([true, false]);
    expect(signalOf(answer({ closed: true })).aborted).toBe(true);
  });
});
