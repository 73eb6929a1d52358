import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { accountsApi } from './accounts.ts';
import { type ApiEnv, createApi } from './kit.ts';
import { meApi } from './me.ts';
import { sessionsApi } from './sessions.ts';
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
    { name: 'Me', description: 'your own account' },
    { name: 'Users', description: 'other people' },
  ],
};

/** Our API, one resource per file, described by the schemas that check it. */
export function createV1(chat: Chat): OpenAPIHono<ApiEnv> {
  const api = createApi();
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  api.route('/accounts', accountsApi(chat));
  api.route('/sessions', sessionsApi(chat));
  api.route('/me', meApi(chat));
  api.route('/users', usersApi(chat));

  const description = api.getOpenAPI31Document(ABOUT);
  api.get('/openapi.json', (c) => c.json(description));
  return api;
}
