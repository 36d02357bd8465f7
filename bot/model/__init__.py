"""What is true: plain values and the rules over them; no input, no output, no clock."""
