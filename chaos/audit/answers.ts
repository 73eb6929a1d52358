import { inParallel } from '../../bench/support/parallel.ts';
import type { History, Message } from '../client/wire.ts';
import type { Ledger } from '../load/ledger.ts';
import type { Conversation, Person, World } from '../load/world.ts';
import type { Finding } from './finding.ts';
import { compareMessages } from './logs.ts';
import type { Stored, Truth } from './truth.ts';

interface Summary {
  readonly id: string;
  readonly rev: number;
  readonly lastSeq: number;
  readonly readSeq: number;
  readonly unreadCount: number;
}

const PAGE = 200;
const AT_ONCE = 4;

/** What the API answers, from whichever node: histories, and everybody's unread counts against a recount. */
export async function auditAnswers(world: World, truth: Truth, ledger: Ledger): Promise<Finding[]> {
  const histories = await inParallel(world.conversations, AT_ONCE, (conversation) =>
    auditHistory(conversation, truth.get(conversation.id)!),
  );
  const counts = await inParallel(world.people, AT_ONCE, (person) =>
    auditUnread(person, world, truth, ledger),
  );
  return [...histories, ...counts].flat();
}

async function auditHistory({ id, kind, members }: Conversation, stored: Stored): Promise<Finding[]> {
  const history: Message[] = [];
  for (let more = true; more; ) {
    const after = history.at(-1)?.seq ?? 0;
    const page: History = await members[0]!.account.api(
      'GET',
      `/conversations/${id}/messages?after=${after}&limit=${PAGE}`,
    );
    history.push(...page.items);
    ({ more } = page);
  }
  return compareMessages(history, stored).map((problem) => ({
    kind: 'log',
    text: `the history of ${kind} ${id}: ${problem}`,
  }));
}

async function auditUnread(
  { account }: Person,
  { conversations }: World,
  truth: Truth,
  ledger: Ledger,
): Promise<Finding[]> {
  const { items } = await account.api<{ items: Summary[] }>('GET', `/conversations?limit=${PAGE}`);
  return conversations
    .filter(({ members }) => members.some((member) => member.account === account))
    .flatMap(({ id, kind }) => {
      const finding = (text: string): Finding[] => [
        { kind: 'unread', text: `${account.username} in ${kind} ${id}: ${text}` },
      ];
      const summary = items.find((item) => item.id === id);
      if (summary === undefined) return finding('not among their conversations');
      const { rev, lastSeq, messages } = truth.get(id)!;
      if (summary.rev !== rev || summary.lastSeq !== lastSeq)
        return finding(`at ${summary.rev}/${summary.lastSeq}, not ${rev}/${lastSeq}`);
      const read = ledger.lastRead(id, account.id);
      if (summary.readSeq !== read) return finding(`read up to ${summary.readSeq}, not ${read}`);
      const unread = messages.filter(
        ({ seq, senderId, deletedAt }) => seq > read && senderId !== account.id && deletedAt === null,
      );
      if (unread.length === summary.unreadCount) return [];
      return finding(`${summary.unreadCount} unread, a recount says ${unread.length}`);
    });
}
