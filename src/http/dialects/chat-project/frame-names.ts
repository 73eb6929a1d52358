/** What the frames of a socket are called. */
export interface FrameNames {
  readonly message: string;
  readonly friendship: string;
  readonly notification: string;
}

/** As its description calls what one sends. */
export const DESCRIBED: FrameNames = {
  message: 'friendship',
  friendship: 'friendship',
  notification: 'friendship_notification',
};

/** As the last version of the old server called them, its slip of the pen included; asked for by `?dialect=head`. */
export const LAST: FrameNames = {
  message: 'friendship_message',
  friendship: 'frienship_message',
  notification: 'chat_friendship_notification',
};
