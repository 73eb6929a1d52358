import { type Database, query } from '../entities/database.ts';
import { topics } from './events.ts';
import { MAX_CACHED_CONVERSATIONS } from './limits.ts';

interface CachedMembers {
  readonly membersRev: number;
  readonly userTopics: readonly string[];
}

/** A conversation as a batch left it: enough to know whether the cached members still hold. */
export interface MembersAt {
  readonly conversationId: string;
  readonly membersRev: number;
}

/**
 * The topics of each conversation's members, remembered until somebody joins or leaves. Every committed batch
 * says at which `membersRev` it ran, so a stale list is noticed without asking.
 */
export class MemberTopics {
  readonly #database: Database;
  readonly #cache = new Map<string, CachedMembers>();

  constructor(database: Database) {
    this.#database = database;
  }

  get({ conversationId, membersRev }: MembersAt): readonly string[] | undefined {
    const cached = this.#cache.get(conversationId);
    return cached !== undefined && cached.membersRev >= membersRev ? cached.userTopics : undefined;
  }

  /** Reads the lists that are missing or old, all in one query. */
  async load(wanted: Iterable<MembersAt>): Promise<void> {
    const missing = new Set<string>();
    for (const each of wanted) if (this.get(each) === undefined) missing.add(each.conversationId);
    if (missing.size === 0) return;
    const rows = await query<{ id: string; members_rev: number; members: string[] }>(
      this.#database.em.fork(),
      `select c.id, c.members_rev, array_agg(ms.user_id::text) filter (where ms.left_at is null) as members
       from conversation c left join membership ms on ms.conversation_id = c.id
       where c.id = any($1) group by c.id`,
      [[...missing]],
    );
    for (const row of rows) {
      this.#cache.delete(row.id);
      this.#cache.set(row.id, {
        membersRev: row.members_rev,
        userTopics: (row.members ?? []).map(topics.user),
      });
    }
    // A Map keeps the order of insertion: the first keys are the ones that were read longest ago.
    for (const key of this.#cache.keys()) {
      if (this.#cache.size <= MAX_CACHED_CONVERSATIONS) break;
      this.#cache.delete(key);
    }
  }
}
