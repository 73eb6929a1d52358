import { afterAll } from 'vitest';
import { startBucket, type TestBucket } from '../support/bucket.ts';
import { mediaFacts } from './media-facts.ts';

let bucket: TestBucket | undefined;

mediaFacts('in a bucket', async () => {
  bucket = await startBucket();
  return bucket;
});
afterAll(() => bucket?.stop());
