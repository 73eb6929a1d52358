import sharp, { type Sharp } from 'sharp';

/** Half red, half blue, so that one sees which side is up. */
export function picture(width = 80, height = 40): Sharp {
  const half = { width: Math.floor(width / 2), height, channels: 3 as const };
  return sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    { input: { create: { ...half, background: 'blue' } }, left: Math.ceil(width / 2), top: 0 },
  ]);
}

/** As a phone takes it: lying on its side, with the place and the phone's name. */
export async function photo(): Promise<Buffer> {
  const exif = {
    IFD0: { Model: 'Secretphone' },
    IFD3: { GPSLatitude: '48/1 51/1 30/1', GPSLatitudeRef: 'N' },
  };
  return sharp(await picture().png().toBuffer())
    .jpeg()
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

/** No frame like the one before it: those would become one. */
export async function animation(frames: number, side = 16): Promise<Buffer> {
  const pages = Array.from({ length: frames }, (_, n) =>
    sharp({
      create: { width: side, height: side, channels: 3, background: n % 2 === 0 ? 'red' : 'blue' },
    })
      .png()
      .toBuffer(),
  );
  return sharp(await Promise.all(pages), { join: { animated: true } })
    .gif()
    .toBuffer();
}
