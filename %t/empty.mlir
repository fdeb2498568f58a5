module {}

