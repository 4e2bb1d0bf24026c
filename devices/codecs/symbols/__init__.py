"""Bar codes as modules: what is dark and what is light, before any printer language. Used by `devices.labels` and the label writers."""
