// Owns: what stands in the place of the picture once the show is over.
import type { PlatformViews } from '@voila/protocol'
import { useTranslation } from 'react-i18next'
import { Notice } from './notice.tsx'

export function Ended({ program }: { program: PlatformViews['program'] }) {
  const { t } = useTranslation()
  return (
    <>
      {program.coverUrl !== null && <img className="ended-cover" src={program.coverUrl} alt="" />}
      <Notice title={t('ended.title')} hint={t('ended.hint')} over={program.coverUrl !== null} />
    </>
  )
}
