voila.on('refused', ({ code, message }) => console.warn(`not let in: ${code}. ${message}`))
voila.setTokenProvider(async () => {
  const answer = await fetch('/voila-token', { method: 'POST' })
  return await answer.text()
})
voila.render({ programId: 'PROGRAM_ID', target: '#show' })
