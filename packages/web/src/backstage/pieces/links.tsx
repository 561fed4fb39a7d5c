// Owns: buttons and words that lead to another page of Backstage, with addresses that the compiler checks.
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type Own = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps | keyof AnchorProps>

function PlainButton({ ref, ...props }: Own & ButtonProps & { ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" {...(ref === undefined ? {} : { ref })} {...props} />
}
function PlainAnchor({ ref, ...props }: Own & AnchorProps & { ref?: Ref<HTMLAnchorElement> }) {
  return <Anchor {...(ref === undefined ? {} : { ref })} {...props} />
}

/** A button that is a link. */
export const LinkButton = createLink(PlainButton)
/** A link in a text. */
export const LinkText = createLink(PlainAnchor)
