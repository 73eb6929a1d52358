import { lobbyFacts } from './lobby-facts.ts';
import { lobbyGroupFacts } from './lobby-group-facts.ts';

lobbyFacts('PostgreSQL');
lobbyGroupFacts('PostgreSQL');
