import { attachmentFacts } from './attachment-facts.ts';

attachmentFacts('PGlite');
