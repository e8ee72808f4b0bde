def test_every_persona_can_be_made(
    worker, centre_user, volunteer, studio, household, make_request, shift, stranger
):
    request = make_request()
    assert request.division_id.startswith(worker.worker_codes[0])
    assert centre_user.is_centre_staff
    assert not stranger.scope_codes
    assert volunteer.skills.count() == 1
    assert studio.members.count() == 1
    assert shift.free == 5
    assert household.cell == request.cell
