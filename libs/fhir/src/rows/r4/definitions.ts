/**
 * FHIR R4 (4.0.1, hl7.org/fhir/R4, CC0) as far as rows may fill it: by type, `element=type`; `*` a list, `+` required, `[x]` a choice of
 * types, `>` targets of a reference, `!` a value set that is required. A test compares it with the definitions themselves.
 */
export const definitions = `
Patient: extension*=Extension identifier*=Identifier active=boolean name*=HumanName telecom*=ContactPoint gender=code!administrative-gender birthDate=date deceased[x]=boolean|dateTime address*=Address maritalStatus=CodeableConcept multipleBirth[x]=boolean|integer photo*=Attachment contact*=Patient.contact communication*=Patient.communication generalPractitioner*=Reference>Organization,Practitioner,PractitionerRole managingOrganization=Reference>Organization link*=Patient.link
Extension: url+=string value[x]=boolean|code|date|dateTime|decimal|integer|string|Address|CodeableConcept|Coding|Identifier|Period|Quantity|Reference
Address: use=code!address-use type=code!address-type text=string line*=string city=string district=string state=string postalCode=string country=string period=Period
Period: start=dateTime end=dateTime
CodeableConcept: coding*=Coding text=string
Coding: system=uri version=string code=code display=string userSelected=boolean
Identifier: use=code!identifier-use type=CodeableConcept system=uri value=string period=Period assigner=Reference>Organization
Reference: reference=string type=uri identifier=Identifier display=string
Quantity: value=decimal comparator=code!quantity-comparator unit=string system=uri code=code
HumanName: use=code!name-use text=string family=string given*=string prefix*=string suffix*=string period=Period
ContactPoint: system=code!contact-point-system value=string use=code!contact-point-use rank=positiveInt period=Period
Attachment: contentType=code language=code data=base64Binary url=url size=unsignedInt hash=base64Binary title=string creation=dateTime
Patient.contact: relationship*=CodeableConcept name=HumanName telecom*=ContactPoint address=Address gender=code!administrative-gender organization=Reference period=Period
Patient.communication: language+=CodeableConcept preferred=boolean
Patient.link: other+=Reference type+=code!link-type
Encounter: extension*=Extension identifier*=Identifier status+=code!encounter-status statusHistory*=Encounter.statusHistory class+=Coding classHistory*=Encounter.classHistory type*=CodeableConcept serviceType=CodeableConcept priority=CodeableConcept subject=Reference>Patient,Group episodeOfCare*=Reference>EpisodeOfCare basedOn*=Reference>ServiceRequest participant*=Encounter.participant appointment*=Reference>Appointment period=Period length=Duration reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Procedure,Observation,ImmunizationRecommendation diagnosis*=Encounter.diagnosis account*=Reference>Account hospitalization=Encounter.hospitalization location*=Encounter.location serviceProvider=Reference>Organization partOf=Reference>Encounter
Encounter.statusHistory: status+=code!encounter-status period+=Period
Encounter.classHistory: class+=Coding period+=Period
Encounter.participant: type*=CodeableConcept period=Period individual=Reference
Duration: value=decimal comparator=code!quantity-comparator unit=string system=uri code=code
Encounter.diagnosis: condition+=Reference use=CodeableConcept rank=positiveInt
Encounter.hospitalization: preAdmissionIdentifier=Identifier origin=Reference admitSource=CodeableConcept reAdmission=CodeableConcept dietPreference*=CodeableConcept specialCourtesy*=CodeableConcept specialArrangement*=CodeableConcept destination=Reference dischargeDisposition=CodeableConcept
Encounter.location: location+=Reference status=code!encounter-location-status physicalType=CodeableConcept period=Period
Observation: extension*=Extension identifier*=Identifier basedOn*=Reference>CarePlan,DeviceRequest,ImmunizationRecommendation,MedicationRequest,NutritionOrder,ServiceRequest partOf*=Reference>MedicationAdministration,MedicationDispense,MedicationStatement,Procedure,Immunization,ImagingStudy status+=code!observation-status category*=CodeableConcept code+=CodeableConcept subject=Reference>Patient,Group,Device,Location focus*=Reference encounter=Reference>Encounter effective[x]=dateTime|Period|Timing|instant issued=instant performer*=Reference>Practitioner,PractitionerRole,Organization,CareTeam,Patient,RelatedPerson value[x]=Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period dataAbsentReason=CodeableConcept interpretation*=CodeableConcept note*=Annotation bodySite=CodeableConcept method=CodeableConcept specimen=Reference>Specimen device=Reference>Device,DeviceMetric referenceRange*=Observation.referenceRange hasMember*=Reference>Observation,QuestionnaireResponse,MolecularSequence derivedFrom*=Reference>DocumentReference,ImagingStudy,Media,QuestionnaireResponse,Observation,MolecularSequence component*=Observation.component
Timing: event*=dateTime repeat=Timing.repeat code=CodeableConcept
Timing.repeat: bounds[x]=Duration|Range|Period count=positiveInt countMax=positiveInt duration=decimal durationMax=decimal durationUnit=code!units-of-time frequency=positiveInt frequencyMax=positiveInt period=decimal periodMax=decimal periodUnit=code!units-of-time dayOfWeek*=code!days-of-week timeOfDay*=time when*=code!event-timing offset=unsignedInt
Range: low=Quantity high=Quantity
Ratio: numerator=Quantity denominator=Quantity
SampledData: origin+=Quantity period+=decimal factor=decimal lowerLimit=decimal upperLimit=decimal dimensions+=positiveInt data=string
Annotation: author[x]=Reference|string time=dateTime text+=markdown
Observation.referenceRange: low=Quantity high=Quantity type=CodeableConcept appliesTo*=CodeableConcept age=Range text=string
Observation.component: code+=CodeableConcept value[x]=Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period dataAbsentReason=CodeableConcept interpretation*=CodeableConcept referenceRange*=#Observation.referenceRange
Condition: extension*=Extension identifier*=Identifier clinicalStatus=CodeableConcept verificationStatus=CodeableConcept category*=CodeableConcept severity=CodeableConcept code=CodeableConcept bodySite*=CodeableConcept subject+=Reference>Patient,Group encounter=Reference>Encounter onset[x]=dateTime|Age|Period|Range|string abatement[x]=dateTime|Age|Period|Range|string recordedDate=dateTime recorder=Reference>Practitioner,PractitionerRole,Patient,RelatedPerson asserter=Reference>Practitioner,PractitionerRole,Patient,RelatedPerson stage*=Condition.stage evidence*=Condition.evidence note*=Annotation
Age: value=decimal comparator=code!quantity-comparator unit=string system=uri code=code
Condition.stage: summary=CodeableConcept assessment*=Reference type=CodeableConcept
Condition.evidence: code*=CodeableConcept detail*=Reference
AllergyIntolerance: extension*=Extension identifier*=Identifier clinicalStatus=CodeableConcept verificationStatus=CodeableConcept type=code!allergy-intolerance-type category*=code!allergy-intolerance-category criticality=code!allergy-intolerance-criticality code=CodeableConcept patient+=Reference>Patient encounter=Reference>Encounter onset[x]=dateTime|Age|Period|Range|string recordedDate=dateTime recorder=Reference>Practitioner,PractitionerRole,Patient,RelatedPerson asserter=Reference>Patient,RelatedPerson,Practitioner,PractitionerRole lastOccurrence=dateTime note*=Annotation reaction*=AllergyIntolerance.reaction
AllergyIntolerance.reaction: substance=CodeableConcept manifestation*+=CodeableConcept description=string onset=dateTime severity=code!reaction-event-severity exposureRoute=CodeableConcept note*=Annotation
MedicationRequest: extension*=Extension identifier*=Identifier status+=code!medicationrequest-status statusReason=CodeableConcept intent+=code!medicationrequest-intent category*=CodeableConcept priority=code!request-priority doNotPerform=boolean reported[x]=boolean|Reference medication[x]+=CodeableConcept|Reference subject+=Reference>Patient,Group encounter=Reference>Encounter supportingInformation*=Reference authoredOn=dateTime requester=Reference>Practitioner,PractitionerRole,Organization,Patient,RelatedPerson,Device performer=Reference>Practitioner,PractitionerRole,Organization,Patient,Device,RelatedPerson,CareTeam performerType=CodeableConcept recorder=Reference>Practitioner,PractitionerRole reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Observation instantiatesCanonical*=canonical instantiatesUri*=uri basedOn*=Reference>CarePlan,MedicationRequest,ServiceRequest,ImmunizationRecommendation groupIdentifier=Identifier courseOfTherapyType=CodeableConcept insurance*=Reference>Coverage,ClaimResponse note*=Annotation dosageInstruction*=Dosage dispenseRequest=MedicationRequest.dispenseRequest substitution=MedicationRequest.substitution priorPrescription=Reference>MedicationRequest detectedIssue*=Reference>DetectedIssue eventHistory*=Reference>Provenance
Dosage: sequence=integer text=string additionalInstruction*=CodeableConcept patientInstruction=string timing=Timing asNeeded[x]=boolean|CodeableConcept site=CodeableConcept route=CodeableConcept method=CodeableConcept doseAndRate*=Dosage.doseAndRate maxDosePerPeriod=Ratio maxDosePerAdministration=Quantity maxDosePerLifetime=Quantity
Dosage.doseAndRate: type=CodeableConcept dose[x]=Range|Quantity rate[x]=Ratio|Range|Quantity
MedicationRequest.dispenseRequest: initialFill=MedicationRequest.dispenseRequest.initialFill dispenseInterval=Duration validityPeriod=Period numberOfRepeatsAllowed=unsignedInt quantity=Quantity expectedSupplyDuration=Duration performer=Reference
MedicationRequest.dispenseRequest.initialFill: quantity=Quantity duration=Duration
MedicationRequest.substitution: allowed[x]+=boolean|CodeableConcept reason=CodeableConcept
DiagnosticReport: extension*=Extension identifier*=Identifier basedOn*=Reference>CarePlan,ImmunizationRecommendation,MedicationRequest,NutritionOrder,ServiceRequest status+=code!diagnostic-report-status category*=CodeableConcept code+=CodeableConcept subject=Reference>Patient,Group,Device,Location encounter=Reference>Encounter effective[x]=dateTime|Period issued=instant performer*=Reference>Practitioner,PractitionerRole,Organization,CareTeam resultsInterpreter*=Reference>Practitioner,PractitionerRole,Organization,CareTeam specimen*=Reference>Specimen result*=Reference>Observation imagingStudy*=Reference>ImagingStudy media*=DiagnosticReport.media conclusion=string conclusionCode*=CodeableConcept presentedForm*=Attachment
DiagnosticReport.media: comment=string link+=Reference
ServiceRequest: extension*=Extension identifier*=Identifier instantiatesCanonical*=canonical instantiatesUri*=uri basedOn*=Reference>CarePlan,ServiceRequest,MedicationRequest replaces*=Reference>ServiceRequest requisition=Identifier status+=code!request-status intent+=code!request-intent category*=CodeableConcept priority=code!request-priority doNotPerform=boolean code=CodeableConcept orderDetail*=CodeableConcept quantity[x]=Quantity|Ratio|Range subject+=Reference>Patient,Group,Location,Device encounter=Reference>Encounter occurrence[x]=dateTime|Period|Timing asNeeded[x]=boolean|CodeableConcept authoredOn=dateTime requester=Reference>Practitioner,PractitionerRole,Organization,Patient,RelatedPerson,Device performerType=CodeableConcept performer*=Reference>Practitioner,PractitionerRole,Organization,CareTeam,HealthcareService,Patient,Device,RelatedPerson locationCode*=CodeableConcept locationReference*=Reference>Location reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Observation,DiagnosticReport,DocumentReference insurance*=Reference>Coverage,ClaimResponse supportingInfo*=Reference specimen*=Reference>Specimen bodySite*=CodeableConcept note*=Annotation patientInstruction=string relevantHistory*=Reference>Provenance
Practitioner: extension*=Extension identifier*=Identifier active=boolean name*=HumanName telecom*=ContactPoint address*=Address gender=code!administrative-gender birthDate=date photo*=Attachment qualification*=Practitioner.qualification communication*=CodeableConcept
Practitioner.qualification: identifier*=Identifier code+=CodeableConcept period=Period issuer=Reference
Organization: extension*=Extension identifier*=Identifier active=boolean type*=CodeableConcept name=string alias*=string telecom*=ContactPoint address*=Address partOf=Reference>Organization contact*=Organization.contact endpoint*=Reference>Endpoint
Organization.contact: purpose=CodeableConcept name=HumanName telecom*=ContactPoint address=Address
Location: extension*=Extension identifier*=Identifier status=code!location-status operationalStatus=Coding name=string alias*=string description=string mode=code!location-mode type*=CodeableConcept telecom*=ContactPoint address=Address physicalType=CodeableConcept position=Location.position managingOrganization=Reference>Organization partOf=Reference>Location hoursOfOperation*=Location.hoursOfOperation availabilityExceptions=string endpoint*=Reference>Endpoint
Location.position: longitude+=decimal latitude+=decimal altitude=decimal
Location.hoursOfOperation: daysOfWeek*=code!days-of-week allDay=boolean openingTime=time closingTime=time
Procedure: extension*=Extension identifier*=Identifier instantiatesCanonical*=canonical instantiatesUri*=uri basedOn*=Reference>CarePlan,ServiceRequest partOf*=Reference>Procedure,Observation,MedicationAdministration status+=code!event-status statusReason=CodeableConcept category=CodeableConcept code=CodeableConcept subject+=Reference>Patient,Group encounter=Reference>Encounter performed[x]=dateTime|Period|string|Age|Range recorder=Reference>Patient,RelatedPerson,Practitioner,PractitionerRole asserter=Reference>Patient,RelatedPerson,Practitioner,PractitionerRole performer*=Procedure.performer location=Reference>Location reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Observation,Procedure,DiagnosticReport,DocumentReference bodySite*=CodeableConcept outcome=CodeableConcept report*=Reference>DiagnosticReport,DocumentReference,Composition complication*=CodeableConcept complicationDetail*=Reference>Condition followUp*=CodeableConcept note*=Annotation focalDevice*=Procedure.focalDevice usedReference*=Reference>Device,Medication,Substance usedCode*=CodeableConcept
Procedure.performer: function=CodeableConcept actor+=Reference onBehalfOf=Reference
Procedure.focalDevice: action=CodeableConcept manipulated+=Reference
Immunization: extension*=Extension identifier*=Identifier status+=code!immunization-status statusReason=CodeableConcept vaccineCode+=CodeableConcept patient+=Reference>Patient encounter=Reference>Encounter occurrence[x]+=dateTime|string recorded=dateTime primarySource=boolean reportOrigin=CodeableConcept location=Reference>Location manufacturer=Reference>Organization lotNumber=string expirationDate=date site=CodeableConcept route=CodeableConcept doseQuantity=Quantity performer*=Immunization.performer note*=Annotation reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Observation,DiagnosticReport isSubpotent=boolean subpotentReason*=CodeableConcept education*=Immunization.education programEligibility*=CodeableConcept fundingSource=CodeableConcept reaction*=Immunization.reaction protocolApplied*=Immunization.protocolApplied
Immunization.performer: function=CodeableConcept actor+=Reference
Immunization.education: documentType=string reference=uri publicationDate=dateTime presentationDate=dateTime
Immunization.reaction: date=dateTime detail=Reference reported=boolean
Immunization.protocolApplied: series=string authority=Reference targetDisease*=CodeableConcept doseNumber[x]+=positiveInt|string seriesDoses[x]=positiveInt|string
MedicationAdministration: extension*=Extension identifier*=Identifier instantiates*=uri partOf*=Reference>MedicationAdministration,Procedure status+=code!medication-admin-status statusReason*=CodeableConcept category=CodeableConcept medication[x]+=CodeableConcept|Reference subject+=Reference>Patient,Group context=Reference>Encounter,EpisodeOfCare supportingInformation*=Reference effective[x]+=dateTime|Period performer*=MedicationAdministration.performer reasonCode*=CodeableConcept reasonReference*=Reference>Condition,Observation,DiagnosticReport request=Reference>MedicationRequest device*=Reference>Device note*=Annotation dosage=MedicationAdministration.dosage eventHistory*=Reference>Provenance
MedicationAdministration.performer: function=CodeableConcept actor+=Reference
MedicationAdministration.dosage: text=string site=CodeableConcept route=CodeableConcept method=CodeableConcept dose=Quantity rate[x]=Ratio|Quantity
MedicationDispense: extension*=Extension identifier*=Identifier partOf*=Reference>Procedure status+=code!medicationdispense-status statusReason[x]=CodeableConcept|Reference category=CodeableConcept medication[x]+=CodeableConcept|Reference subject=Reference>Patient,Group context=Reference>Encounter,EpisodeOfCare supportingInformation*=Reference performer*=MedicationDispense.performer location=Reference>Location authorizingPrescription*=Reference>MedicationRequest type=CodeableConcept quantity=Quantity daysSupply=Quantity whenPrepared=dateTime whenHandedOver=dateTime destination=Reference>Location receiver*=Reference>Patient,Practitioner note*=Annotation dosageInstruction*=Dosage substitution=MedicationDispense.substitution detectedIssue*=Reference>DetectedIssue eventHistory*=Reference>Provenance
MedicationDispense.performer: function=CodeableConcept actor+=Reference
MedicationDispense.substitution: wasSubstituted+=boolean type=CodeableConcept reason*=CodeableConcept responsibleParty*=Reference
DocumentReference: extension*=Extension masterIdentifier=Identifier identifier*=Identifier status+=code!document-reference-status docStatus=code!composition-status type=CodeableConcept category*=CodeableConcept subject=Reference>Patient,Practitioner,Group,Device date=instant author*=Reference>Practitioner,PractitionerRole,Organization,Device,Patient,RelatedPerson authenticator=Reference>Practitioner,PractitionerRole,Organization custodian=Reference>Organization relatesTo*=DocumentReference.relatesTo description=string securityLabel*=CodeableConcept content*+=DocumentReference.content context=DocumentReference.context
DocumentReference.relatesTo: code+=code!document-relationship-type target+=Reference
DocumentReference.content: attachment+=Attachment format=Coding
DocumentReference.context: encounter*=Reference event*=CodeableConcept period=Period facilityType=CodeableConcept practiceSetting=CodeableConcept sourcePatientInfo=Reference related*=Reference
RelatedPerson: extension*=Extension identifier*=Identifier active=boolean patient+=Reference>Patient relationship*=CodeableConcept name*=HumanName telecom*=ContactPoint gender=code!administrative-gender birthDate=date address*=Address photo*=Attachment period=Period communication*=RelatedPerson.communication
RelatedPerson.communication: language+=CodeableConcept preferred=boolean
Coverage: extension*=Extension identifier*=Identifier status+=code!fm-status type=CodeableConcept policyHolder=Reference>Patient,RelatedPerson,Organization subscriber=Reference>Patient,RelatedPerson subscriberId=string beneficiary+=Reference>Patient dependent=string relationship=CodeableConcept period=Period payor*+=Reference>Organization,Patient,RelatedPerson class*=Coverage.class order=positiveInt network=string costToBeneficiary*=Coverage.costToBeneficiary subrogation=boolean contract*=Reference>Contract
Coverage.class: type+=CodeableConcept value+=string name=string
Coverage.costToBeneficiary: type=CodeableConcept value[x]+=Quantity|Money exception*=Coverage.costToBeneficiary.exception
Money: value=decimal currency=code
Coverage.costToBeneficiary.exception: type+=CodeableConcept period=Period
Specimen: extension*=Extension identifier*=Identifier accessionIdentifier=Identifier status=code!specimen-status type=CodeableConcept subject=Reference>Patient,Group,Device,Substance,Location receivedTime=dateTime parent*=Reference>Specimen request*=Reference>ServiceRequest collection=Specimen.collection processing*=Specimen.processing container*=Specimen.container condition*=CodeableConcept note*=Annotation
Specimen.collection: collector=Reference collected[x]=dateTime|Period duration=Duration quantity=Quantity method=CodeableConcept bodySite=CodeableConcept fastingStatus[x]=CodeableConcept|Duration
Specimen.processing: description=string procedure=CodeableConcept additive*=Reference time[x]=dateTime|Period
Specimen.container: identifier*=Identifier description=string type=CodeableConcept capacity=Quantity specimenQuantity=Quantity additive[x]=CodeableConcept|Reference
`;

/** The codes of those value sets. */
export const requiredCodes = `
address-use: home work temp old billing
address-type: postal physical both
identifier-use: usual official temp secondary old
quantity-comparator: < <= >= >
name-use: usual official temp nickname anonymous old maiden
contact-point-system: phone fax email pager url sms other
contact-point-use: home work temp old mobile
administrative-gender: male female other unknown
link-type: replaced-by replaces refer seealso
encounter-status: planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown
encounter-location-status: planned active reserved completed
observation-status: registered preliminary final amended corrected cancelled entered-in-error unknown
units-of-time: s min h d wk mo a
days-of-week: mon tue wed thu fri sat sun
event-timing: MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late NIGHT PHS HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV
allergy-intolerance-type: allergy intolerance
allergy-intolerance-category: food medication environment biologic
allergy-intolerance-criticality: low high unable-to-assess
reaction-event-severity: mild moderate severe
medicationrequest-status: active on-hold cancelled completed entered-in-error stopped draft unknown
medicationrequest-intent: proposal plan order original-order reflex-order filler-order instance-order option
request-priority: routine urgent asap stat
diagnostic-report-status: registered partial preliminary final amended corrected appended cancelled entered-in-error unknown
request-status: draft active on-hold revoked completed entered-in-error unknown
request-intent: proposal plan directive order original-order reflex-order filler-order instance-order option
location-status: active suspended inactive
location-mode: instance kind
event-status: preparation in-progress not-done on-hold stopped completed entered-in-error unknown
immunization-status: preparation in-progress not-done on-hold stopped completed entered-in-error unknown completed entered-in-error not-done
medication-admin-status: in-progress not-done on-hold completed entered-in-error stopped unknown
medicationdispense-status: preparation in-progress cancelled on-hold completed entered-in-error stopped declined unknown
document-reference-status: current superseded entered-in-error
composition-status: preliminary final amended entered-in-error
document-relationship-type: replaces transforms signs appends
fm-status: active cancelled draft entered-in-error
specimen-status: available unavailable unsatisfactory entered-in-error
`;
