import { z } from 'zod';
import { ChatError } from '../../../chat/errors.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { inviteByEmail } from '../../../chat/invite-by-email.ts';
import { address, field } from './inputs.ts';
import { type AskedAs, type Kit, OK } from './kit.ts';
import { MAX_INVITED_AT_ONCE } from './limits.ts';

const addresses = z
  .array(address)
  .min(1, 'missing')
  .max(MAX_INVITED_AT_ONCE, `may name ${MAX_INVITED_AT_ONCE} at once`);

/**
 * One address or several, in a list or with commas. Asking again goes on where the last time ended: an address that was
 * invited before is only worth a refusal if there is no other.
 */
export async function inviteFriends(kit: Kit, { c, fields, caller }: AskedAs): Promise<Response> {
  const wanted = [...new Set(parse(addresses, listed(field(fields, 'friend_email'))))];
  const refusals: ChatError[] = [];
  for (const each of wanted) {
    kit.limit(c, 'mail', caller);
    try {
      await inviteByEmail(kit.chat, caller.userId, each);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'conflict') throw error;
      refusals.push(error);
    }
  }
  if (refusals.length === wanted.length) throw refusals[0];
  return c.json(OK);
}

function listed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? [];
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
