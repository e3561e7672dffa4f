"""The panels: the expression, the matte, the brush and the edit."""
