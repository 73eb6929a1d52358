import { createDialectApp } from '../app.ts';
import type { Dialect } from '../dialect.ts';
import { Forms } from './bodies.ts';
import { type Face, takesFiles } from './face.ts';
import { addFiles } from './files.ts';
import { addFriendships } from './friendships.ts';
import { addGroups } from './groups.ts';
import { addHistories } from './histories.ts';
import { addMessages } from './messages.ts';
import { addPeople } from './people.ts';
import { addProfile } from './profile.ts';
import { refuse } from './refusals.ts';
import { addSessions } from './sessions.ts';
import { addSignUp } from './sign-up.ts';
import { createSockets } from './sockets.ts';
import { Tokens } from './tokens.ts';

const PARTS = [
  addSignUp,
  addSessions,
  addProfile,
  addPeople,
  addFriendships,
  addGroups,
  addMessages,
  addHistories,
  addFiles,
];

export const chatProject: Dialect = {
  open(needs) {
    const { chat, secure, switches } = needs;
    const tokens = new Tokens(chat, switches);
    const forms = new Forms(chat.media.limits.uploadMs);
    return {
      createApp(base) {
        const app = createDialectApp(needs, {
          base,
          refuse,
          slashMatters: false,
          readsItself: takesFiles,
        });
        const face: Face = { app, chat, tokens, forms, base, secure };
        for (const add of PARTS) add(face);
        return app;
      },
      sockets: createSockets(chat, tokens),
    };
  },
};
