"""RefMatte's composition and expression engine, training and evaluation of CLIPMat."""
