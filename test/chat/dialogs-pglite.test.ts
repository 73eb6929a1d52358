import { dialogFacts } from './dialog-facts.ts';

dialogFacts('PGlite');
