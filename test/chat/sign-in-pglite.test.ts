import { signInFacts } from './sign-in-facts.ts';

signInFacts('PGlite');
