import { describe, expect, it } from 'vitest';
import { auditStored } from '../../chaos/audit/stored.ts';
import { ConversationLog } from '../../chaos/client/conversation-log.ts';
import { quietSdk } from '../../chaos/client/quiet-sdk.ts';
import type { Message } from '../../chaos/client/wire.ts';
import { FAULTS } from '../../chaos/faults/faults.ts';
import { Ledger } from '../../chaos/load/ledger.ts';
import type { Conversation } from '../../chaos/load/world.ts';
import { isGood, reportOf } from '../../chaos/report.ts';
import { runChaos } from '../../chaos/run.ts';
import { SHORT } from '../../chaos/sizes.ts';

function message(seq: number, fields: Partial<Message> = {}): Message {
  const clientId = `alice-${seq}`;
  return {
    ...{ id: seq, seq, rev: seq, senderId: 'alice', clientId, text: clientId },
    ...{ editedAt: null, deletedAt: null },
    ...fields,
  };
}

describe('a cluster in which everything fails once while people chat', () => {
  it('loses and doubles nothing, and everybody sees the same in the end', { timeout: 240_000 }, async () => {
    quietSdk();
    const faults = FAULTS.filter(({ name }) => name !== 'calm');
    const rows = await runChaos({ ...SHORT, seed: '1', faults });
    expect(isGood(rows), reportOf(rows)).toBe(true);
    expect(rows.map(({ fault }) => fault)).toEqual(faults.map(({ name }) => name));
  });
});

describe('the audit after it', () => {
  const conversation: Conversation = { id: 'c', kind: 'team', members: [] };

  /** Alice was promised 1, 2 and 3. */
  function kindsFor(messages: readonly Message[], lastSeq = 3): string[] {
    const ledger = new Ledger();
    for (const { clientId, seq, text } of [1, 2, 3].map((seq) => message(seq))) {
      const said = { clientId: clientId!, conversationId: 'c', senderId: 'alice', text };
      ledger.acknowledge(ledger.send(said), seq);
    }
    const truth = new Map([['c', { rev: 3, lastSeq, messages, marks: [] }]]);
    return auditStored([conversation], truth, ledger).map(({ kind }) => kind);
  }

  it('finds nothing where nothing is wrong', () => {
    expect(kindsFor([message(1), message(2), message(3)])).toEqual([]);
  });

  it('finds what was acknowledged and is not there, or is another', () => {
    expect(kindsFor([message(1), message(2)], 2)).toEqual(['lost']);
    expect(kindsFor([message(1), message(2), message(3, { text: '' })])).toEqual(['lost']);
    expect(kindsFor([message(1), message(2), message(3, { deletedAt: 'now' })])).toEqual(['lost']);
  });

  it('finds what is there twice, and what nobody sent', () => {
    const twice = message(4, { clientId: 'alice-3' });
    expect(kindsFor([message(1), message(2), message(3), twice], 4)).toEqual(['doubled']);
    expect(kindsFor([message(1), message(2), message(3), message(4)], 4)).toEqual(['doubled']);
  });

  it('finds a gap', () => {
    expect(kindsFor([message(1), message(2), message(3), message(5, { clientId: 'alice-3' })], 5)).toContain(
      'gap',
    );
  });
});

describe('the log of a client', () => {
  const marked = (seq: number) => ({ userId: 'bob', deliveredSeq: seq, readSeq: seq });

  it('keeps the newest of each message, in whatever order they come', () => {
    const log = new ConversationLog('c');
    const edited = message(1, { rev: 3, text: 'edited', editedAt: 'now' });
    log.hear({ type: 'changed', conversationId: 'c', rev: 3, message: edited });
    log.receive(message(1));
    expect(log.messages.get(1)).toEqual(edited);
    expect(log.rev).toBe(3);
  });

  it('takes no position from what comes while it fetches what it missed, until that has come', () => {
    const log = new ConversationLog('c');
    log.startCatchingUp();
    log.hear({ type: 'message', conversationId: 'c', rev: 7, message: message(4, { rev: 7 }) });
    expect(log.rev).toBe(0);
    log.abandon();
    log.startCatchingUp();
    log.hear({ type: 'mark', conversationId: 'c', rev: 8, marks: [marked(4)] });
    const messages = [1, 2, 3].map((seq) => message(seq));
    log.apply({
      reset: false,
      rev: 7,
      messages: [...messages, message(4, { rev: 7 })],
      members: [{ ...marked(2), left: false }],
    });
    expect(log.rev).toBe(8);
    expect([...log.messages.keys()]).toEqual([1, 2, 3, 4]);
    expect(log.marks.get('bob')).toEqual(marked(4));
  });
});
