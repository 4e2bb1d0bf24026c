"""Whether the OMS grows slower with its age: the same questions to a million customer orders and to ten thousand."""
