import { query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import type { MessageView } from '../events.ts';
import { MAX_POSITION } from '../inputs/messages.ts';
import { infoColumns, isoSql, messageJson, userJson } from '../json-sql.ts';
import { EXPORT_PAGE, EXPORTED_MESSAGES_PER_FILE } from '../limits.ts';
import { jsonFile, pagesOf } from './json-files.ts';
import type { ExportedFile } from './zip.ts';

type Needs = Pick<Chat, 'database'>;

interface Place {
  readonly id: string;
  readonly kind: string;
  readonly joinedSeq: number;
  readonly leftAt: string | null;
}

// By an order that stands still: the list's own, by what changed last, would lose what moves while one reads.
const places = (condition: string) => `
  select c.id, ${infoColumns('c')}, ms.role, ms.muted, ${isoSql('ms.joined_at')} as "joinedAt",
    ${isoSql('ms.left_at')} as "leftAt", ms.joined_seq as "joinedSeq", ms.delivered_seq as "deliveredSeq", ms.read_seq as "readSeq",
    case when u.id is not null then ${userJson('u')} end as peer
  from membership ms join conversation c on c.id = ms.conversation_id
  left join lateral (
    select o.user_id from membership o where o.conversation_id = c.id and c.kind = 'dialog'
    order by o.user_id = $1 limit 1
  ) other on true
  left join "user" u on u.id = other.user_id
  where ms.user_id = $1 and ms.left_at is ${condition} and ($2::uuid is null or ms.conversation_id > $2)
  order by ms.conversation_id limit $3`;

const IN_THEM = places('null');
const LEFT = places('not null');

const MESSAGES = `
  select m.seq, ${messageJson('m')} as message from message m
  where m.conversation_id = $1 and m.seq > $3 and (m.sender_id = $2 or m.seq > $4)
  order by m.seq limit $5`;

export async function* conversationFiles(chat: Needs, userId: string): AsyncGenerator<ExportedFile> {
  yield jsonFile('conversations.json', placePages(chat, userId));
  for await (const page of placePages(chat, userId))
    for (const place of page) yield* messageFiles(chat, userId, place);
}

async function* placePages({ database }: Needs, userId: string): AsyncGenerator<readonly Place[]> {
  for (const sql of [IN_THEM, LEFT])
    yield* pagesOf<Place>((after) =>
      query(database.em.fork(), sql, [userId, after?.id ?? null, EXPORT_PAGE]),
    );
}

/** Nothing for a conversation in which nothing concerns them. */
async function* messageFiles(chat: Needs, userId: string, place: Place): AsyncGenerator<ExportedFile> {
  let page = await readMessages(chat, userId, place, 0);
  const upToOneFile = async function* (): AsyncGenerator<readonly Message[]> {
    for (let written = 0; page.length > 0 && written < EXPORTED_MESSAGES_PER_FILE; ) {
      yield page;
      written += page.length;
      page = await readMessages(chat, userId, place, page.at(-1)!.seq);
    }
  };
  for (let n = 1; page.length > 0; n += 1) {
    const name = `messages/${place.id}/${String(n).padStart(4, '0')}.json`;
    yield jsonFile(name, upToOneFile(), ({ message }) => message);
  }
}

interface Message {
  readonly seq: number;
  readonly message: MessageView;
}

function readMessages(
  { database }: Needs,
  userId: string,
  { id, joinedSeq, leftAt }: Place,
  after: number,
): Promise<Message[]> {
  const othersAfter = leftAt === null ? joinedSeq : MAX_POSITION;
  return query<Message>(database.em.fork(), MESSAGES, [id, userId, after, othersAfter, EXPORT_PAGE]);
}
