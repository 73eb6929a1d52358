/** The cluster as a node of it knows it. On one node by itself there is nobody to find. */
export interface Nodes {
  /** `host:port` of the node that calls itself this, while it lives and is not about to go. */
  find(processId: string): Promise<string | undefined>;
}
