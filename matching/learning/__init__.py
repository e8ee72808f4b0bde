"""Who would say yes, learned from the platform's own questions and answers.

`answers` reads what was asked and what came back, `training` lets a challenger compete with the model in force on weeks
that neither has seen, `artefact` keeps a model as signed plain arrays, `serving` gives every process the one in force,
`drift` tells whether people are asked otherwise than when it learned. What staff do with it stands in
`matching/services/learning.py`.
"""
