import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/web/client/index.ts';
import { partsOf } from '../../../src/web/conversation/message-text.tsx';
import { rowsOf } from '../../../src/web/conversation/rows.ts';

function said(seq: number, senderId: string, sentAt: string): Message {
  const text = `message ${seq}`;
  return {
    id: seq,
    seq,
    rev: seq,
    senderId,
    clientId: null,
    text,
    attachments: [],
    replyTo: null,
    sentAt,
    editedAt: null,
    deletedAt: null,
  };
}

describe('the rows of a conversation', () => {
  const shown = (messages: readonly Message[], readTo: number | null = null): string[] =>
    rowsOf(messages, readTo, 'alice').map((row) => {
      if (row.kind !== 'message') return row.kind;
      return `${row.message.seq}${row.begins ? ' begins' : ''}`;
    });

  it('are one block for what somebody says within minutes, and have a line between days', () => {
    const messages = [
      said(1, 'bob', '2026-03-01T10:00:00'),
      said(2, 'bob', '2026-03-01T10:04:00'),
      said(3, 'bob', '2026-03-01T10:10:00'),
      said(4, 'alice', '2026-03-01T10:11:00'),
      said(5, 'alice', '2026-03-02T10:11:00'),
    ];
    expect(shown(messages)).toEqual(['day', '1 begins', '2', '3 begins', '4 begins', 'day', '5 begins']);
  });

  it('have one line before the first that was not read, and none before one’s own', () => {
    const at = '2026-03-01T10:00:00';
    const messages = [said(1, 'bob', at), said(2, 'alice', at), said(3, 'bob', at), said(4, 'bob', at)];
    expect(shown(messages, 1)).toEqual(['day', '1 begins', '2 begins', 'unread', '3 begins', '4']);
    expect(shown(messages, 4)).not.toContain('unread');
    // What was not read goes on further up than what is here.
    expect(shown(messages.slice(2), 1)).not.toContain('unread');
  });
});

describe('addresses in a text', () => {
  const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? []);

  it.each([
    ['see https://example.org/a?b=1.', ['https://example.org/a?b=1']],
    ['(http://example.org), www.example.net!', ['http://example.org', 'https://www.example.net']],
    ['https://example.org/a_(b)', ['https://example.org/a_(b)']],
    ['javascript:alert(1) data:text/html,x //example.org mailto:a@b.c', []],
    ['https://', []],
  ])('are found in "%s"', (text, found) => {
    expect(links(text)).toEqual(found);
    expect(
      partsOf(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
