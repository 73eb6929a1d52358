import { Admins } from './2026-11-21-admins.ts';
import { BothSides } from './2026-11-21-both-sides.ts';
import { EmailTokens } from './2026-11-21-email-tokens.ts';
import { GroupDescriptions } from './2026-11-21-group-descriptions.ts';
import { Identities } from './2026-11-21-identities.ts';
import { Invitations } from './2026-11-21-invitations.ts';
import { TheLobby } from './2026-11-21-lobby.ts';
import { MailCodes } from './2026-11-21-mail-codes.ts';
import { ManyNodes } from './2026-11-21-many-nodes.ts';
import { MediaFiles } from './2026-11-21-media.ts';
import { NodeFacts } from './2026-11-21-node-facts.ts';
import { OlderWires } from './2026-11-21-older-wires.ts';
import { PasswordCodes } from './2026-11-21-password-codes.ts';
import { SecondFactors } from './2026-11-21-second-factors.ts';
import { SessionExpiry } from './2026-11-21-session-expiry.ts';
import { SessionFamilies } from './2026-11-21-session-families.ts';
import { SignInDelays } from './2026-11-21-sign-in-delays.ts';
import { TheCore } from './2026-11-21-the-core.ts';
import { VerifiedAddresses } from './2026-11-21-verified-addresses.ts';
import { GroupPictures } from './2026-11-22-group-pictures.ts';

/** In the order in which they run; a name, once released, never changes. */
export const migrations: { name: string; class: typeof TheCore }[] = [
  { name: '2026-11-21-the-core', class: TheCore },
  { name: '2026-11-21-email-tokens', class: EmailTokens },
  { name: '2026-11-21-second-factors', class: SecondFactors },
  { name: '2026-11-21-identities', class: Identities },
  { name: '2026-11-21-many-nodes', class: ManyNodes },
  { name: '2026-11-21-session-families', class: SessionFamilies },
  { name: '2026-11-21-mail-codes', class: MailCodes },
  { name: '2026-11-21-invitations', class: Invitations },
  { name: '2026-11-21-session-expiry', class: SessionExpiry },
  { name: '2026-11-21-admins', class: Admins },
  { name: '2026-11-21-media', class: MediaFiles },
  { name: '2026-11-21-sign-in-delays', class: SignInDelays },
  { name: '2026-11-21-older-wires', class: OlderWires },
  { name: '2026-11-21-verified-addresses', class: VerifiedAddresses },
  { name: '2026-11-22-group-pictures', class: GroupPictures },
  { name: '2026-11-21-node-facts', class: NodeFacts },
  { name: '2026-11-21-lobby', class: TheLobby },
  { name: '2026-11-21-both-sides', class: BothSides },
  { name: '2026-11-21-password-codes', class: PasswordCodes },
  { name: '2026-11-21-group-descriptions', class: GroupDescriptions },
];
