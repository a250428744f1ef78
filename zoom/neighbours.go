package zoom

import "strings"

// neighbours are events that Zoom documents, that share a prefix with ours and that are of no use here. A subscription that
// includes them is no sign of drift. Zoom adds a few every month: a name that is missing here is ClassUnknown, no worse.
// The names are those of Zoom's event references (https://developers.zoom.us/docs/api/, "Events" of each product).
var neighbours = join(map[string]string{
	"meeting": `
		ai_companion_assets_deleted ai_companion_started ai_companion_stopped aic_transcript_completed
		breakout_room_sharing_ended breakout_room_sharing_started chat_message_file_downloaded chat_message_file_sent
		chat_message_sent converted_to_webinar created deleted device_tested invitation_accepted invitation_dispatched
		invitation_rejected invitation_timeout live_streaming_started live_streaming_stopped participant_admitted
		participant_data_connection_established participant_feedback participant_jbh_joined participant_jbh_waiting
		participant_jbh_waiting_left participant_joined_waiting_room participant_left_waiting_room
		participant_phone_callout_accepted participant_phone_callout_missed participant_phone_callout_rejected
		participant_phone_callout_ringing participant_put_in_waiting_room participant_role_changed
		participant_room_system_callout_accepted participant_room_system_callout_failed
		participant_room_system_callout_missed participant_room_system_callout_rejected
		participant_room_system_callout_ringing permanently_deleted recovered registration_approved
		registration_cancelled registration_created registration_denied risk_alert rtms_concurrency_near_limit
		rtms_interrupted rtms_started rtms_stopped sharing_ended sharing_started summary_completed summary_deleted
		summary_recovered summary_shared summary_trashed summary_updated updated
	`,
	"webinar": `
		chat_message_file_downloaded chat_message_file_sent chat_message_sent converted_to_meeting created deleted
		participant_data_connection_established participant_feedback participant_role_changed permanently_deleted
		recovered registration_approved registration_cancelled registration_created registration_denied
		rtms_interrupted rtms_started rtms_stopped sharing_ended sharing_started updated
	`,
	"session": `
		live_streaming_started live_streaming_stopped recording_completed recording_deleted recording_paused
		recording_recovered recording_resumed recording_started recording_stopped recording_summary_completed
		recording_transcript_completed recording_transcript_failed recording_trashed rtms_interrupted rtms_started
		rtms_stopped sharing_ended sharing_started stream_ingestion_connected stream_ingestion_disconnected
		stream_ingestion_started stream_ingestion_stopped stream_ingestion_unbind user_phone_callout_accepted
		user_phone_callout_canceled user_phone_callout_missed user_phone_callout_rejected user_phone_callout_ringing
		user_room_system_callout_accepted user_room_system_callout_failed user_room_system_callout_missed
		user_room_system_callout_rejected user_room_system_callout_ringing
	`,
	"phone": `
		account_settings_updated ai_call_summary_changed blind_transfer_initiated call_element_deleted
		call_history_deleted call_log_deleted call_log_permanently_deleted callee_call_element_completed
		callee_call_history_completed callee_call_log_completed callee_hold callee_meeting_inviting callee_missed
		callee_mute callee_parked callee_rejected callee_unhold callee_unmute caller_call_element_completed
		caller_call_history_completed caller_call_log_completed caller_hold caller_meeting_inviting caller_mute
		caller_unhold caller_unmute conference_started device_registration emergency_alert generic_device_provision
		group_settings_updated peering_number_cnam_updated peering_number_emergency_address_updated
		recording_completed recording_completed_for_access_member recording_deleted recording_failed recording_paused
		recording_permanently_deleted recording_resumed recording_started recording_stopped
		recording_transcript_completed sms_campaign_number_opt_in sms_campaign_number_opt_out sms_etiquette_block
		sms_etiquette_warn sms_received sms_sent sms_sent_failed transfer_call_to_voicemail_initiated
		transfer_recipient_updated voicemail_deleted voicemail_permanently_deleted voicemail_received
		voicemail_received_for_access_member voicemail_transcript_completed warm_transfer_cancelled
		warm_transfer_completed warm_transfer_initiated
	`,
	"recording": `
		archive_files_completed batch_deleted batch_recovered batch_trashed cloud_storage_usage_updated completed
		deleted paused recovered registration_approved registration_created registration_denied renamed resumed
		started stopped transcript_completed trashed
	`,
	"zoomroom": `
		checked_in checked_out created deleted digital_signage_app_ended digital_signage_app_started location_created
		location_deleted location_updated sensor_data thirdparty_meeting_attempted updated
	`,
})

// join returns the full names of words listed by prefix.
func join(words map[string]string) []string {
	var names []string
	for prefix, list := range words {
		for word := range strings.FieldsSeq(list) {
			names = append(names, prefix+"."+word)
		}
	}
	return names
}
