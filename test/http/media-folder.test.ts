import { join } from 'node:path';
import { namesIn } from '../support/files.ts';
import { mediaFacts } from './media-facts.ts';

mediaFacts('in a folder', async () => ({
  url: undefined,
  names: (server) => namesIn(join(server.dataDir, 'media')),
}));
