// Owns: making slides of files: each page of a PDF and each picture becomes one image that fits what the platform takes. In this browser.
import { limits } from '@voila/protocol'
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'

/** Sharp on a projector, and small enough for a phone to fetch at every turn of a page. */
const longSide = 1_920
const quality = 0.85

/** A file that no slide can be made of; `says`, to the person who chose it. */
export class NoSlides extends Error {}

export type Progress = { readonly done: number; readonly of: number }

async function imageOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const encode = (type: string): Promise<Blob | null> => new Promise((resolve) => canvas.toBlob(resolve, type, quality))
  for (const type of ['image/webp', 'image/jpeg']) {
    const blob = await encode(type)
    // Browsers that write no WebP answer with a PNG, which may be too large.
    if (blob !== null && blob.size <= limits.imageBytes) return blob
  }
  throw new NoSlides('A page is too large as a picture.')
}

function canvasOf(width: number, height: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width))
  canvas.height = Math.max(1, Math.round(height))
  const context = canvas.getContext('2d')
  if (context === null) throw new NoSlides('This browser can’t draw pictures.')
  return { canvas, context }
}

async function* pagesOfPdf(file: File): AsyncGenerator<{ image: Blob; of: number }> {
  const pdf = await import('pdfjs-dist/legacy/build/pdf.mjs')
  pdf.GlobalWorkerOptions.workerSrc = workerUrl
  // The page's policy runs no WebAssembly; the same decoders are there in JavaScript.
  const task = pdf.getDocument({ data: await file.arrayBuffer(), useWasm: false, enableXfa: false, stopAtErrors: false })
  try {
    const document = await task.promise.catch((error: Error) => {
      throw new NoSlides(
        error.name === 'PasswordException' ? `${file.name} has a password. Save it without one.` : `${file.name} can’t be read as a PDF.`,
      )
    })
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number)
      const { width, height } = page.getViewport({ scale: 1 })
      const viewport = page.getViewport({ scale: longSide / Math.max(width, height) })
      const { canvas, context } = canvasOf(viewport.width, viewport.height)
      await page.render({ canvas, canvasContext: context, viewport, background: '#ffffff' }).promise
      yield { image: await imageOf(canvas), of: document.numPages }
      page.cleanup()
      // Memory of a canvas is let go at once where it has no size.
      canvas.width = 0
    }
  } finally {
    await task.destroy()
  }
}

async function pictureOf(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new NoSlides(`${file.name} is no picture that this browser knows.`)
  })
  const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height))
  const { canvas, context } = canvasOf(bitmap.width * scale, bitmap.height * scale)
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return await imageOf(canvas)
}

const isPdf = (file: File): boolean => file.type === 'application/pdf' || /\.pdf$/i.test(file.name)

/** The slides that files make, one by one, so that each is sent while the next is drawn. @throws NoSlides */
export async function* slidesOf(files: readonly File[]): AsyncGenerator<{ image: Blob; of: number }> {
  for (const file of files) {
    if (isPdf(file)) yield* pagesOfPdf(file)
    else yield { image: await pictureOf(file), of: files.length }
  }
}
