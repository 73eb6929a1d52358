import type { Device } from '../client/device.ts';
import type { Mark, Message } from '../client/wire.ts';
import type { Person, World } from '../load/world.ts';
import { type Finding, listOf } from './finding.ts';
import type { Stored, Truth } from './truth.ts';

/** Every client's own log, held against the database. Whoever is away has what there was when they went. */
export function auditLogs({ people, conversations }: World, truth: Truth): Finding[] {
  return people.flatMap((person) =>
    person.devices
      .filter((device) => device.whereabouts === 'here')
      .flatMap((device) =>
        expected(person, device, conversations).flatMap(({ id, kind }) => {
          const where = `${device.name} of ${kind} ${id}`;
          const log = device.logs.get(id);
          if (log === undefined) return [finding(`${where}: has no log`)];
          const stored = truth.get(id)!;
          // Of a large group one hears no marks but one's own.
          const told = kind === 'crowd' ? ownMarks(stored, person) : stored;
          const problems = [
            ...compareMessages([...log.messages.values()], stored),
            ...compareMarks(log.marks, told.marks),
            ...compareState(device, told),
          ];
          return problems.map((problem) => finding(`${where}: ${problem}`));
        }),
      ),
  );
}

/** The conversations that a device shows: all of its person, or one. */
export function expected(person: Person, { place }: Device, conversations: World['conversations']) {
  const own = conversations.filter(({ members }) => members.includes(person));
  if (place.room === 'inbox') return own;
  if (place.room === 'dialog') return own.filter(({ kind }) => kind === 'dialog');
  return own.filter(({ id }) => id === place.id);
}

function ownMarks(stored: Stored, { account }: Person): Stored {
  return { ...stored, marks: stored.marks.filter(({ userId }) => userId === account.id) };
}

export function compareMessages(shown: readonly Message[], { messages }: Stored): string[] {
  const bySeq = new Map(shown.map((message) => [message.seq, message]));
  const missing = messages.filter(({ seq }) => !bySeq.has(seq)).map(({ seq }) => seq);
  const different = messages
    .filter((message) => bySeq.has(message.seq) && !same(message, bySeq.get(message.seq)!))
    .map(({ seq, rev }) => `${seq} (rev ${rev}, shown ${bySeq.get(seq)!.rev})`);
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`lacks ${listOf(missing)}`);
  if (different.length > 0) problems.push(`has another ${listOf(different)}`);
  if (bySeq.size + missing.length > messages.length) problems.push('has messages that do not exist');
  return problems;
}

function same(one: Message, other: Message): boolean {
  return (
    one.id === other.id &&
    one.rev === other.rev &&
    one.senderId === other.senderId &&
    one.clientId === other.clientId &&
    one.text === other.text &&
    (one.editedAt === null) === (other.editedAt === null) &&
    (one.deletedAt === null) === (other.deletedAt === null)
  );
}

function compareMarks(shown: ReadonlyMap<string, Mark>, marks: readonly Mark[]): string[] {
  const nowhere = { deliveredSeq: 0, readSeq: 0 };
  const wrong = marks.flatMap(({ userId, deliveredSeq, readSeq }) => {
    const mark = shown.get(userId) ?? nowhere;
    if (mark.deliveredSeq === deliveredSeq && mark.readSeq === readSeq) return [];
    return [`${userId} (${mark.deliveredSeq}/${mark.readSeq}, not ${deliveredSeq}/${readSeq})`];
  });
  return wrong.length > 0 ? [`has other marks of ${listOf(wrong)}`] : [];
}

/** The room's state says the same in another way. */
function compareState({ place, state }: Device, { rev, lastSeq, marks }: Stored): string[] {
  if (place.room === 'inbox') return [];
  if (state.rev !== rev || state.lastSeq !== lastSeq)
    return [`the state is at ${state.rev}/${state.lastSeq}, not ${rev}/${lastSeq}`];
  const wrong = marks.filter(({ userId, deliveredSeq, readSeq }) => {
    const member = state.members.get(userId);
    return member !== undefined && (member.deliveredSeq !== deliveredSeq || member.readSeq !== readSeq);
  });
  return wrong.length > 0 ? [`the state has other marks of ${listOf(wrong.map((mark) => mark.userId))}`] : [];
}

function finding(text: string): Finding {
  return { kind: 'log', text };
}
