// Owns: how an encoder is set up for a program, step by step.
import { Anchor, Kbd, List, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Code } from '../pieces/code.tsx'
import { streamKeysQuery } from './program-queries.ts'

const obsSettings = [
  ['Output Mode', 'Advanced'],
  ['Video Encoder', 'x264, or your graphics card’s H.264'],
  ['Rate Control', 'CBR'],
  ['Bitrate', '4500 Kbps for 1080p, 2500 Kbps for 720p'],
  ['Keyframe Interval', '2 s'],
  ['Tune', 'zerolatency'],
  ['Audio', 'AAC, 160 Kbps, 48 kHz'],
] as const

export function EncoderSteps({ programId }: { programId: string }) {
  const { data } = useQuery(streamKeysQuery(programId))
  const server = data?.rtmpUrl ?? 'rtmp://…/live'
  const command = `ffmpeg -re -i show.mp4 -c:v libx264 -preset veryfast -tune zerolatency -b:v 4500k -g 60 -c:a aac -b:a 160k -f flv '${server}/STREAM_KEY'`
  return (
    <Tabs defaultValue="obs" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="obs">OBS Studio</Tabs.Tab>
        <Tabs.Tab value="ffmpeg">ffmpeg</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="obs" pt="md">
        <List type="ordered" size="sm" spacing="xs">
          <List.Item>
            Open <b>Settings</b>, then <b>Stream</b>. Choose the service <b>Custom…</b>
          </List.Item>
          <List.Item>
            Paste the server and the primary key from here into <b>Server</b> and <b>Stream Key</b>.
          </List.Item>
          <List.Item>
            Under <b>Output</b> and <b>Audio</b>, set
            <dl className="settings-list">
              {obsSettings.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </List.Item>
          <List.Item>
            Press <b>Start Streaming</b>. The preview on this page shows the picture within seconds.
          </List.Item>
        </List>
      </Tabs.Panel>
      <Tabs.Panel value="ffmpeg" pt="md">
        <Text size="sm" mb="xs">
          A file, as if it were live. Put your primary key in the place of <Kbd size="xs">STREAM_KEY</Kbd>.
        </Text>
        <Code text={command} what="ffmpeg command" />
        <Text size="xs" c="dimmed" mt="sm">
          Any other encoder works too, if it sends H.264 and AAC over RTMP: see{' '}
          <Anchor href="https://obsproject.com" target="_blank" rel="noopener noreferrer" size="xs">
            OBS
          </Anchor>{' '}
          for a free one.
        </Text>
      </Tabs.Panel>
    </Tabs>
  )
}
