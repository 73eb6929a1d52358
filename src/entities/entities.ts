import { Block } from './block.ts';
import { Conversation } from './conversation.ts';
import { EmailToken } from './email-token.ts';
import { Friendship } from './friendship.ts';
import { Invitation } from './invitation.ts';
import { Membership } from './membership.ts';
import { Message } from './message.ts';
import { Session } from './session.ts';
import { UnsentMessage } from './unsent-message.ts';
import { User } from './user.ts';

export const entities = [
  Block,
  Conversation,
  EmailToken,
  Friendship,
  Invitation,
  Membership,
  Message,
  Session,
  UnsentMessage,
  User,
];
