import sharp, { type Sharp } from 'sharp';

/** Half red, half blue, so that one sees which side is up. */
export function picture(width = 80, height = 40): Sharp {
  const half = { width: Math.floor(width / 2), height, channels: 3 as const };
  return sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    { input: { create: { ...half, background: 'blue' } }, left: Math.ceil(width / 2), top: 0 },
  ]);
}

/** As a phone takes it: lying on its side, with the place and the phone's name. */
export function photo(): Promise<Buffer> {
  return picture()
    .jpeg()
    .withExif({
      IFD0: { Model: 'Secretphone', Orientation: '6' },
      IFD3: { GPSLatitude: '48/1 51/1 30/1', GPSLatitudeRef: 'N' },
    })
    .toBuffer();
}

export async function animation(frames: number, side = 16): Promise<Buffer> {
  const pages = Array.from({ length: frames }, (_, n) => ({
    create: {
      width: side,
      height: side,
      channels: 3 as const,
      background: { r: n % 256, g: 0, b: (n >> 8) * 40 },
    },
  }));
  return sharp(await Promise.all(pages.map((page) => sharp(page).png().toBuffer())), {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
}
