import { sqlState } from '../entities/database.ts';
import { Identity } from '../entities/identity.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import { withFreshProof } from './fresh-proof.ts';
import type { FreshProof } from './inputs/factors.ts';
import type { LinkIdentity } from './inputs/identities.ts';
import { MAX_IDENTITIES } from './limits.ts';
import { noticeTo } from './notices.ts';
import { takeProven } from './proven-identities.ts';
import { addIdentity } from './sign-in-with-identity.ts';
import { getUserOrFail } from './user-lookup.ts';
import { noteWaysIn, requireWayIn } from './ways-in.ts';

type Needs = Parameters<typeof withFreshProof>[0] & Pick<Chat, 'outbox'>;

export interface IdentityView {
  readonly id: string;
  readonly issuer: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export async function listIdentities(
  chat: Pick<Chat, 'database'>,
  { userId }: Caller,
): Promise<IdentityView[]> {
  const found = await chat.database.em
    .fork()
    .find(Identity, { userId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return found.map(identityView);
}

/** By who is signed in here and there. A guest gets a way in by it, and is a guest no longer. */
export async function linkIdentity(chat: Needs, caller: Caller, input: LinkIdentity): Promise<IdentityView> {
  const link: Parameters<typeof withFreshProof<IdentityView>>[3] = async (em, user) => {
    if ((await em.count(Identity, { userId: user.id })) >= MAX_IDENTITIES)
      throw new ChatError('conflict', `an account may have ${MAX_IDENTITIES} of them`);
    return identityView(await addIdentity(em, user, await takeProven(em, input)));
  };
  const em = chat.database.em.fork();
  const { guest } = await getUserOrFail(em, caller.userId);
  const identity = await (guest
    ? em.transactional(async (em) => link(em, await lockUser(em, caller.userId)))
    : withFreshProof(chat, caller, input.proof, link)
  ).catch((error) => {
    if (sqlState(error) !== '23505') throw error;
    throw new ChatError('conflict', 'it lets somebody into an account already');
  });
  noticeTo(chat, 'identity-added', caller.userId);
  return identity;
}

export async function unlinkIdentity(
  chat: Needs,
  caller: Caller,
  { id, proof }: { readonly id: string; readonly proof: FreshProof },
): Promise<void> {
  await withFreshProof(chat, caller, proof, async (em, user) => {
    const removed = await em.nativeDelete(Identity, { id, userId: user.id });
    if (removed === 0) throw new ChatError('not_found', 'no such identity');
    await noteWaysIn(em, user);
    requireWayIn(user);
  });
  noticeTo(chat, 'identity-removed', caller.userId);
}

function identityView({ id, issuer, createdAt, lastUsedAt }: Identity): IdentityView {
  return { id, issuer, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
