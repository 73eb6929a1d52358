import { z } from 'zod';

/** PostgreSQL writes a uuid in lower case; topics and keys made of ids must not depend on who wrote them. */
export const idInput = z.uuid().toLowerCase();
