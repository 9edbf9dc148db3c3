import { Check, ChevronDown } from "lucide-react"
import { Select } from "radix-ui"
import type { MicrophoneChoice } from "./useMicrophones.ts"

/** Radix gives the empty value another meaning, so the browser's own choice needs a name. */
const browserChoice = "browser"

const Item = ({ value, label }: { readonly value: string; readonly label: string }) => (
  <Select.Item className="select-item" value={value}>
    <Select.ItemText>{label}</Select.ItemText>
    <Select.ItemIndicator>
      <Check size={16} aria-hidden="true" />
    </Select.ItemIndicator>
  </Select.Item>
)

interface Props {
  readonly choices: ReadonlyArray<MicrophoneChoice>
  readonly chosen: string | undefined
  readonly choose: (id: string | undefined) => void
}

export const MicrophoneSelect = ({ choices, chosen, choose }: Props) => (
  <Select.Root
    value={choices.some((choice) => choice.id === chosen) ? (chosen ?? browserChoice) : browserChoice}
    onValueChange={(value) => choose(value === browserChoice ? undefined : value)}
  >
    <Select.Trigger className="select" aria-label="Microphone">
      <span className="select-value">
        <Select.Value />
      </span>
      <Select.Icon>
        <ChevronDown size={18} aria-hidden="true" />
      </Select.Icon>
    </Select.Trigger>
    <Select.Portal>
      <Select.Content className="select-list" position="popper" sideOffset={4}>
        <Select.Viewport>
          <Item value={browserChoice} label="The browser’s choice" />
          {choices
            .filter((choice) => choice.id !== "default")
            .map((choice) => (
              <Item key={choice.id} value={choice.id} label={choice.label} />
            ))}
        </Select.Viewport>
      </Select.Content>
    </Select.Portal>
  </Select.Root>
)
