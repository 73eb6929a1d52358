import { EXPORT_PAGE } from '../limits.ts';
import type { ExportedFile } from './zip.ts';

/** Up to `EXPORT_PAGE` rows that follow this one, in an order that does not change while one reads. */
export type ReadPage<Row> = (after: Row | undefined) => Promise<readonly Row[]>;

export async function* pagesOf<Row>(readPage: ReadPage<Row>): AsyncGenerator<readonly Row[]> {
  let page: readonly Row[] = [];
  do {
    page = await readPage(page.at(-1));
    yield page;
  } while (page.length === EXPORT_PAGE);
}

/** One array in one file, a row on each line. */
export function jsonFile<Row>(
  name: string,
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  show: (row: Row) => unknown = (row) => row,
): ExportedFile {
  return { name, pieces: jsonTexts(pages, show) };
}

async function* jsonTexts<Row>(
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  show: (row: Row) => unknown,
): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const page of pages) {
    let text = '';
    for (const row of page) {
      text += separator + JSON.stringify(show(row));
      separator = ',\n';
    }
    // An empty piece, too, is a moment at which whoever reads can stop us.
    yield text;
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
