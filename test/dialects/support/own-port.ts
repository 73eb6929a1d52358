import type { Node } from '../../../cluster/node.ts';

/** The root of a dialect's own port at a node of a cluster; its variable must be set (0 takes a free one). */
export function ownUrl(node: Pick<Node, 'name' | 'output'>, dialect: string): string {
  const [, port] = new RegExp(`^ +${dialect} .* port (\\d+)`, 'm').exec(node.output()) ?? [];
  if (port === undefined) throw new Error(`${dialect} has no port of its own at ${node.name}`);
  return `http://127.0.0.1:${port}`;
}
