import { AuditEntry } from './audit-entry.ts';
import { Block } from './block.ts';
import { Challenge } from './challenge.ts';
import { Conversation } from './conversation.ts';
import { EmailToken } from './email-token.ts';
import { Friendship } from './friendship.ts';
import { Identity } from './identity.ts';
import { Invitation } from './invitation.ts';
import { Media } from './media.ts';
import { Membership } from './membership.ts';
import { Message } from './message.ts';
import { OidcVisit } from './oidc-visit.ts';
import { Passkey } from './passkey.ts';
import { ProvenIdentity } from './proven-identity.ts';
import { RecoveryCode } from './recovery-code.ts';
import { Session } from './session.ts';
import { SessionToken } from './session-token.ts';
import { Totp } from './totp.ts';
import { UnsentMessage } from './unsent-message.ts';
import { User } from './user.ts';

export const entities = [
  AuditEntry,
  Block,
  Challenge,
  Conversation,
  EmailToken,
  Friendship,
  Invitation,
  Identity,
  Media,
  Membership,
  Message,
  OidcVisit,
  Passkey,
  ProvenIdentity,
  RecoveryCode,
  Session,
  SessionToken,
  Totp,
  UnsentMessage,
  User,
];
