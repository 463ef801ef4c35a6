"""Measures layers on the machine at hand with onnxruntime, and writes the data file of a chip.

A layer becomes a small ONNX model with random weights (`layer_models`), is run among others
(`timing`), and becomes a row of the file (`chip_file`). A new source of energy goes into `meters`,
a new way to take over times that something else measured into `imports`.
"""
