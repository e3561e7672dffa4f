"""CLIPMat (Referring Image Matting, CVPR 2023): image and expression -> the matte of the referred object.

`clipmat.predictor.Predictor` is the public API.
"""
