import { writerFacts } from './writer-facts.ts';

writerFacts('PostgreSQL');
