import { lobbyFacts } from './lobby-facts.ts';

lobbyFacts('PostgreSQL');
