import { dialogFacts } from './dialog-facts.ts';

dialogFacts('PostgreSQL');
