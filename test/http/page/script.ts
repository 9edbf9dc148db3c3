// Long enough to be worth compressing.
document.title = "a page for tests"
document.body.textContent = `
Line 1 of a text that is here only to be long, so that the server has something to compress.
Line 2 of a text that is here only to be long, so that the server has something to compress.
Line 3 of a text that is here only to be long, so that the server has something to compress.
Line 4 of a text that is here only to be long, so that the server has something to compress.
Line 5 of a text that is here only to be long, so that the server has something to compress.
Line 6 of a text that is here only to be long, so that the server has something to compress.
Line 7 of a text that is here only to be long, so that the server has something to compress.
Line 8 of a text that is here only to be long, so that the server has something to compress.
Line 9 of a text that is here only to be long, so that the server has something to compress.
Line 10 of a text that is here only to be long, so that the server has something to compress.
Line 11 of a text that is here only to be long, so that the server has something to compress.
Line 12 of a text that is here only to be long, so that the server has something to compress.
Line 13 of a text that is here only to be long, so that the server has something to compress.
Line 14 of a text that is here only to be long, so that the server has something to compress.
Line 15 of a text that is here only to be long, so that the server has something to compress.
Line 16 of a text that is here only to be long, so that the server has something to compress.
Line 17 of a text that is here only to be long, so that the server has something to compress.
Line 18 of a text that is here only to be long, so that the server has something to compress.
`
