import type { Chat } from '../../chat/chat.ts';
import { accountsApi } from './accounts.ts';
import { adminApi } from './admin.ts';
import { adminSessionsApi } from './admin-sessions.ts';
import { auditApi } from './audit.ts';
import { avatarApi } from './avatar.ts';
import { blocksApi } from './blocks.ts';
import { conversationsApi } from './conversations.ts';
import { emailApi } from './email.ts';
import { exportApi } from './export.ts';
import { factorsApi } from './factors.ts';
import { friendshipsApi } from './friendships.ts';
import { groupAvatarApi } from './group-avatar.ts';
import { groupsApi } from './groups.ts';
import { identitiesApi, identitySessionsApi } from './identities.ts';
import { invitationsApi } from './invitations.ts';
import { type Api, createApi } from './kit.ts';
import { meApi } from './me.ts';
import { mediaApi } from './media.ts';
import { membersApi } from './members.ts';
import { messagesApi } from './messages.ts';
import { myEmailApi } from './my-email.ts';
import { nodesApi } from './nodes.ts';
import { oidcApi } from './oidc.ts';
import { keepInCookie, type PageDoors, pageSessionApi } from './page-session.ts';
import { passcodeApi } from './passcode.ts';
import { passkeysApi } from './passkeys.ts';
import { passwordApi } from './password.ts';
import { positionsApi } from './positions.ts';
import { secondFactorApi } from './second-factor.ts';
import { sessionsApi } from './sessions.ts';
import { unsentApi } from './unsent.ts';
import { usersApi } from './users.ts';

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'Parlour',
    version: '1',
    description:
      'A chat server in which every conversation is a room. Sign up or sign in, then send the access token as ' +
      '`Authorization: Bearer`. A refusal is `{"error": {"code", "message", "details"?}}`; switch on the code. ' +
      'Lists are `{items, next}`; hand `next` back as `cursor` for the next page.',
  },
  servers: [{ url: '/api/v1' }],
  security: [{ bearer: [] }],
  tags: [
    { name: 'Accounts', description: 'signing up' },
    { name: 'Sessions', description: 'one per device' },
    { name: 'Email and password', description: 'proving and changing what one signs in with' },
    { name: 'Me', description: 'your own account' },
    { name: 'OpenID', description: 'signing in with an account elsewhere' },
    { name: 'Second factors', description: 'authenticator apps, recovery codes, passkeys' },
    { name: 'Users', description: 'other people' },
    { name: 'Friendships', description: 'asked for, answered, ended' },
    { name: 'Invitations', description: 'friends whose address one knows' },
    { name: 'Blocks', description: 'whom you do not want to hear from' },
    { name: 'Conversations', description: 'dialogs and groups' },
    { name: 'Members', description: 'who is in a conversation' },
    { name: 'Groups', description: 'public ones, to find and to join' },
    { name: 'Media', description: 'files and pictures' },
    { name: 'Messages', description: 'what is said, and how far everybody has come' },
    { name: 'Admin', description: 'other people’s accounts, for admins only' },
  ],
};

/** Our API, one resource per file, described by the schemas that check it. */
export function createV1(chat: Chat, doors: PageDoors): Api {
  const api = createApi();
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  for (const path of ['/accounts/*', '/sessions/*']) api.use(path, keepInCookie(chat, doors));
  api.route('/accounts', accountsApi(chat));
  api.route('/sessions/page', pageSessionApi(chat, doors));
  api.route('/sessions/passcode', passcodeApi(chat));
  for (const part of [sessionsApi, secondFactorApi, identitySessionsApi]) api.route('/sessions', part(chat));
  api.route('/email', emailApi(chat));
  api.route('/password', passwordApi(chat));
  api.route('/oidc', oidcApi(chat));
  for (const part of [meApi, avatarApi, myEmailApi, exportApi]) api.route('/me', part(chat));
  for (const part of [factorsApi, passkeysApi, identitiesApi]) api.route('/me', part(chat));
  api.route('/media', mediaApi(chat));
  api.route('/users', usersApi(chat));
  api.route('/friendships', friendshipsApi(chat));
  api.route('/invitations', invitationsApi(chat));
  api.route('/blocks', blocksApi(chat));
  api.route('/groups', groupsApi(chat));
  api.route('/unsent', unsentApi(chat));
  for (const part of [conversationsApi, groupAvatarApi, membersApi, messagesApi, positionsApi]) {
    api.route('/conversations', part(chat));
  }
  for (const part of [adminApi, adminSessionsApi, auditApi, nodesApi]) api.route('/admin', part(chat));

  const description = api.getOpenAPI31Document(ABOUT);
  api.get('/openapi.json', (c) => c.json(description));
  return api;
}
