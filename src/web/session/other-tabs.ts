export type TabNews = 'in' | 'out';

/** What the tabs of one browser tell each other: that somebody has signed in, or out. */
export function otherTabs(onNews: (news: TabNews) => void): { tell(news: TabNews): void } {
  const channel = new BroadcastChannel('parlour');
  channel.addEventListener('message', ({ data }) => {
    if (data === 'in' || data === 'out') onNews(data);
  });
  return { tell: (news) => channel.postMessage(news) };
}
