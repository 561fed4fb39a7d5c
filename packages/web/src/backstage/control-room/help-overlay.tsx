// Owns: the list of the control room's keys.
import { Kbd, Modal, SimpleGrid, Switch, Text } from '@mantine/core'
import { shortcutNames, shortcuts } from './shortcuts.ts'
import { useShortcutsSwitch } from './use-shortcuts.tsx'

const groups = [...new Set(shortcutNames.map((name) => shortcuts[name].group))]

export function HelpOverlay({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { isOn, turn } = useShortcutsSwitch()
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <Switch
        mb="lg"
        label="Single keys do something"
        description="Turn them off if you speak to your computer. They never act while you write."
        checked={isOn}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xl" verticalSpacing="lg">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <Text size="sm" fw={600} mb="xs">
              {group}
            </Text>
            <dl className="shortcut-list" data-on={isOn}>
              {shortcutNames
                .filter((name) => shortcuts[name].group === group)
                .map((name) => (
                  <div key={name}>
                    <dt>
                      <Kbd>{shortcuts[name].key.toUpperCase()}</Kbd>
                    </dt>
                    <dd>{shortcuts[name].says}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="lg">
        Arrows walk through messages too. Enter sends what you write, Shift and Enter begin a new line, Esc leaves the field.
      </Text>
    </Modal>
  )
}
